import asyncio
import random


def program(say, pause):
    async def main():
        permits = asyncio.Semaphore(1)

        async def work(n):
            try:
                async with permits:
                    say("work", n)
                    await asyncio.sleep(random.random() / 2000)
            except asyncio.CancelledError:
                say("cancelled", n)

        tasks = [asyncio.create_task(work(n)) for n in (1, 2, 3)]
        await asyncio.sleep(random.random() / 1000)
        tasks[1].cancel()
        await asyncio.gather(*tasks)
        say("free", permits.locked())

    asyncio.run(main())
