from queue import Empty, Queue
from threading import Thread


def program(say, pause):
    q = Queue()

    def consumer(name):
        pause()
        try:
            say(name, "took", q.get_nowait())
        except Empty:
            say(name, "found nothing")

    threads = [Thread(target=consumer, args=(i,)) for i in range(2)]
    for t in threads:
        t.start()
    pause()
    q.put(7)
    for t in threads:
        t.join()
    say("left", q.qsize())
