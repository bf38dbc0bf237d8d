import asyncio
import random


def program(say, pause):
    async def work():
        say("begins")
        try:
            await asyncio.sleep(random.random() / 1000)
            say("works")
            return 5
        finally:
            say("tidies up")

    async def main():
        try:
            say("result", await asyncio.wait_for(work(), random.random() / 1000))
        except asyncio.TimeoutError:
            say("too late")

    asyncio.run(main())
