import multiprocessing
import os
from threading import Thread

fork = multiprocessing.get_context("fork")


def program(say, pause):
    # The end of a process of its own stands for that of the program.
    end, start = os.pipe()

    def save():
        for i in range(2):
            os.write(start, b"saved %d\n" % i)
            pause()

    def main():
        Thread(target=save, daemon=True).start()
        pause()
        os.write(start, b"the end\n")

    child = fork.Process(target=main)
    child.start()
    os.close(start)
    child.join()
    with os.fdopen(end) as lines:
        for line in lines:
            say(line.strip())
