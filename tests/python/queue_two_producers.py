from queue import Queue
from threading import Thread


def program(say, pause):
    q = Queue(maxsize=1)

    def producer(first):
        for i in range(2):
            pause()
            q.put(first + i)

    threads = [Thread(target=producer, args=(first,)) for first in (1, 10)]
    for t in threads:
        t.start()
    for _ in range(4):
        pause()
        say(q.get())
    for t in threads:
        t.join()
