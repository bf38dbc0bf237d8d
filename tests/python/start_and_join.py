from threading import Thread


def program(say, pause):
    def child():
        say("first")
        pause()
        say("second")

    t = Thread(target=child)
    t.start()
    pause()
    say("started")
    t.join()
    say("joined")
