import asyncio
import random


def program(say, pause):
    async def main():
        go = asyncio.Event()

        async def runner(i):
            await asyncio.sleep(random.random() / 1000)
            await go.wait()
            say(i, "runs")

        async def starter():
            await asyncio.sleep(random.random() / 1000)
            say("go")
            go.set()

        await asyncio.gather(runner(1), runner(2), starter())

    asyncio.run(main())
