from threading import Event, Thread


def program(say, pause):
    go = Event()

    def runner():
        pause()
        # Long enough to be woken by a pulse, short enough to miss it.
        say("went" if go.wait(0.0005) else "gave up")

    t = Thread(target=runner)
    t.start()
    pause()
    go.set()
    go.clear()
    t.join()
