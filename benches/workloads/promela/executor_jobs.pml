chan queue = [2 * JOBS] of { byte };
byte done = 0;
active [WORKERS] proctype worker() {
  byte part;
end:
  do
  :: queue ? part ->
     if :: part == 0 -> queue ! 1; done++ :: else -> done++ fi;
     part = 0
  od
}
active [1] proctype boss() {
  byte i = 0;
next:
  atomic { queue ! 0; i++; if :: i < JOBS -> goto next :: else fi }
  done == 2 * JOBS
}
