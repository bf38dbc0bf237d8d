import threading


def program(say, pause):
    guests = [1, 2, 3]
    greeted = []

    def host():
        for guest in guests:
            pause()
            greeted.append(guest)

    def usher():
        pause()
        guests.pop(0)
        pause()
        guests.append(4)

    threads = [threading.Thread(target=host), threading.Thread(target=usher)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for guest in greeted:
        say(guest)
