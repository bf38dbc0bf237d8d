from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context


def square(n):
    return n * n


def program(say, pause):
    with ProcessPoolExecutor(max_workers=2, mp_context=get_context("fork")) as pool:
        futures = [pool.submit(square, n) for n in range(3)]
        for future in as_completed(futures):
            say(future.result())
