#define LOW  (_pid < N - 1 -> _pid : 0)
#define HIGH (_pid < N - 1 -> _pid + 1 : N - 1)
byte fork[N];
active [N] proctype philosopher() {
  byte i = 0;
next:
  atomic { fork[LOW] == 0 -> fork[LOW] = _pid + 1 }
  atomic { fork[HIGH] == 0 -> fork[HIGH] = _pid + 1 }
  fork[HIGH] = 0;
  atomic { fork[LOW] = 0; i++; if :: i < ROUNDS -> goto next :: else fi }
}
