from threading import Thread


def program(say, pause):
    counter = 0

    def successor(n):
        pause()
        return n + 1

    def increment():
        nonlocal counter
        for _ in range(2):
            counter = successor(counter)

    threads = [Thread(target=increment) for _ in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    say(counter)
