#define LOW  (_pid < N - 1 -> _pid : 0)
#define HIGH (_pid < N - 1 -> _pid + 1 : N - 1)
byte fork[N];
active [N] proctype philosopher() {
  do
  :: atomic { fork[LOW] == 0 -> fork[LOW] = _pid + 1 }
     atomic { fork[HIGH] == 0 -> fork[HIGH] = _pid + 1 }
     fork[HIGH] = 0;
     fork[LOW] = 0
  od
}
