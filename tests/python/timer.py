from threading import Timer


def program(say, pause):
    t = Timer(0.0001, say, ["fires"])
    t.start()
    pause()
    t.cancel()
    say("cancelled")
    t.join()
