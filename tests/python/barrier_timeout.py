from threading import Barrier, BrokenBarrierError, Thread


def program(say, pause):
    barrier = Barrier(2)

    def work():
        pause()
        try:
            barrier.wait(timeout=0.0002)
            say("through")
        except BrokenBarrierError:
            say("broken")

    threads = [Thread(target=work) for _ in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
