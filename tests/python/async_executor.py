import asyncio
from concurrent.futures import ThreadPoolExecutor


def program(say, pause):
    def job(n):
        pause()
        say("job", n)
        return n

    async def main():
        with ThreadPoolExecutor(max_workers=2) as pool:

            async def process(n):
                r = await asyncio.get_running_loop().run_in_executor(pool, job, n)
                say("result", r)

            await asyncio.gather(process(1), process(2))

    asyncio.run(main())
