import asyncio
import random


def program(say, pause):
    counter = 0

    async def increment():
        nonlocal counter
        for _ in range(2):
            seen = counter
            await asyncio.sleep(random.random() / 1000)
            counter = seen + 1

    async def main():
        await asyncio.gather(increment(), increment())
        say(counter)

    asyncio.run(main())
