from threading import Lock, Thread


def program(say, pause):
    m = Lock()

    def attempt(name):
        pause()
        if m.acquire(blocking=False):
            pause()
            m.release()
            say(name, "had it")
        else:
            say(name, "had it not")

    threads = [Thread(target=attempt, args=(i,)) for i in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
