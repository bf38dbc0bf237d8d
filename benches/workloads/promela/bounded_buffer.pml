chan shelf = [SLOTS] of { byte };
byte taken = 0;
active [PRODUCERS] proctype producer() {
  byte n = 0;
next:
  atomic { shelf ! (_pid * ITEMS + n); n++; if :: n < ITEMS -> goto next :: else fi }
}
active [CONSUMERS] proctype consumer() {
  byte n = 0; byte item; byte seen;
next:
  shelf ? item;
  atomic { taken = taken + item; n++;
           if :: n < PRODUCERS * ITEMS / CONSUMERS -> goto next :: else fi }
}
