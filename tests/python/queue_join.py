from queue import Queue
from threading import Thread


def program(say, pause):
    q = Queue()

    def worker():
        for _ in range(2):
            item = q.get()
            pause()
            say(item)
            q.task_done()
        pause()
        say("free")

    t = Thread(target=worker)
    t.start()
    q.put(1)
    pause()
    q.put(2)
    q.join()
    say("all done")
    t.join()
