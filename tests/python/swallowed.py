import threading
from threading import Thread


def program(say, pause):
    threading.excepthook = lambda args: None

    def work():
        pause()
        say("works")
        raise ValueError

    t = Thread(target=work)
    t.start()
    pause()
    say("waits")
    t.join()
    say("all good")
