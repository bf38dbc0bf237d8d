from threading import Semaphore, Thread


def program(say, pause):
    s = Semaphore(1)

    def visit(name):
        pause()
        with s:
            say(name, "in")
            pause()
            say(name, "out")

    threads = [Thread(target=visit, args=(i,)) for i in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
