from multiprocessing import get_context


def put(queue, first):
    for i in range(2):
        queue.put(first + i)


def program(say, pause):
    fork = get_context("fork")
    queue = fork.Queue()
    processes = [fork.Process(target=put, args=(queue, first)) for first in (1, 10)]
    for p in processes:
        p.start()
    for _ in range(4):
        say(queue.get())
    for p in processes:
        p.join()
