from multiprocessing import get_context
import random
import time


def add(total, seed):
    random.seed(seed)
    for _ in range(2):
        seen = total.value
        time.sleep(random.random() / 1000)
        total.value = seen + 1


def program(say, pause):
    fork = get_context("fork")
    total = fork.Value("i", 0)
    processes = [fork.Process(target=add, args=(total, random.random())) for _ in range(2)]
    for p in processes:
        p.start()
    for p in processes:
        p.join()
    say(total.value)
