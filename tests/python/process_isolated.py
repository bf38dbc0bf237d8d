from multiprocessing import get_context

counter = 0


def increment():
    global counter
    counter += 1


def program(say, pause):
    fork = get_context("fork")
    processes = [fork.Process(target=increment) for _ in range(2)]
    for p in processes:
        p.start()
    for p in processes:
        p.join()
    say(counter)
