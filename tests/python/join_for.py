from threading import Thread


def program(say, pause):
    def work():
        pause()
        say("work")

    t = Thread(target=work)
    t.start()
    t.join(timeout=0.0002)
    say("still running" if t.is_alive() else "ended")
    t.join()
