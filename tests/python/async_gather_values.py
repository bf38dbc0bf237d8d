import asyncio
import random


def program(say, pause):
    async def work(n):
        await asyncio.sleep(random.random() / 1000)
        say("work", n)
        return 10 * n

    async def main():
        results = await asyncio.gather(work(1), work(2), work(3))
        for r in results:
            say("result", r)
        say("last", results[2])

    asyncio.run(main())
