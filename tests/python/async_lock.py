import asyncio
import random


def program(say, pause):
    async def main():
        m = asyncio.Lock()

        async def visit(name):
            await asyncio.sleep(random.random() / 1000)
            async with m:
                say(name, "in")
                await asyncio.sleep(random.random() / 1000)
                say(name, "out")

        await asyncio.gather(*(visit(i) for i in range(3)))

    asyncio.run(main())
