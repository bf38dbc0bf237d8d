from threading import Barrier, Thread


def program(say, pause):
    b = Barrier(2)

    def worker():
        pause()
        index = b.wait()
        say(index)

    threads = [Thread(target=worker) for _ in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
