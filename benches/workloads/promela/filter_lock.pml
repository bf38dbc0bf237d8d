byte level[N]; byte last[N]; byte inside = 0;
active [N] proctype worker() {
  byte r = 0; byte l = 1; byte k;
next:
  level[_pid] = l;
  atomic { last[l] = _pid; k = 0 }
wait:
  atomic { (k == _pid || level[k] < l || last[l] != _pid) -> k++;
           if :: k < N -> goto wait
              :: else -> l++; if :: l < N -> goto next :: else fi
           fi }
  inside++;
  atomic { inside--; assert(inside == 0) }
  atomic { level[_pid] = 0; l = 1; r++; if :: r < ROUNDS -> goto next :: else fi }
}
