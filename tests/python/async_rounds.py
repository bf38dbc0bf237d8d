import asyncio


def program(say, pause):
    async def turn(i):
        for _ in range(2):
            say(i)
            await asyncio.sleep(0)

    async def main():
        await asyncio.gather(turn(1), turn(2), turn(3))
        say("end")

    asyncio.run(main())
