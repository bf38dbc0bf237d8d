from threading import Thread


def program(say, pause):
    t = Thread(target=pause)
    t.start()
    pause()
    say("alive" if t.is_alive() else "ended")
    t.join()
    say("alive" if t.is_alive() else "ended")
