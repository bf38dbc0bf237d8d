import threading


def program(say, pause):
    prices = {1: 10, 2: 20}
    seen = []

    def reader():
        try:
            for key in prices:
                pause()
                seen.append(key)
            seen.append(0)
        except RuntimeError:
            seen.append(-1)

    def writer():
        pause()
        prices[3] = 30

    threads = [threading.Thread(target=reader), threading.Thread(target=writer)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for what in seen:
        say(what)
