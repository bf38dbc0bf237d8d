byte choosing[N]; byte number[N]; byte inside = 0;
active [N] proctype customer() {
  byte r = 0; byte mine = 1; byte j = 0;
next:
  atomic { choosing[_pid] = 1; mine = 1; j = 0 }
draw:
  atomic { if :: number[j] + 1 > mine -> mine = number[j] + 1 :: else fi; j++;
           if :: j < N -> goto draw :: else fi }
  number[_pid] = mine;
  atomic { choosing[_pid] = 0; j = 0 }
wait:
  (choosing[j] == 0);
  atomic { (number[j] == 0 || mine < number[j] || (mine == number[j] && _pid <= j)) -> j++;
           if :: j < N -> goto wait :: else fi }
  inside++;
  atomic { inside--; assert(inside == 0) }
  atomic { number[_pid] = 0; mine = 0; j = 0; r++; if :: r < ROUNDS -> goto next :: else fi }
}
