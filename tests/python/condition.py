from threading import Condition, Thread


def program(say, pause):
    c = Condition()
    items = 0

    def consumer(name):
        nonlocal items
        pause()
        with c:
            while items == 0:
                c.wait()
            items -= 1
            say(name)

    threads = [Thread(target=consumer, args=(i,)) for i in range(2)]
    for t in threads:
        t.start()
    for _ in range(2):
        pause()
        with c:
            items += 1
            c.notify()
    for t in threads:
        t.join()
    say("left", items)
