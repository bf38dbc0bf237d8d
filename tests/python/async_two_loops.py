import asyncio
import threading


def program(say, pause):
    counter = 0

    async def work(name):
        nonlocal counter
        seen = counter
        say(name, "reads")
        await asyncio.sleep(0)
        say(name, "writes")
        counter = seen + 1

    async def main(name):
        await asyncio.gather(work(name), work(name))

    threads = [threading.Thread(target=lambda n=n: asyncio.run(main(n))) for n in ("a", "b")]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
