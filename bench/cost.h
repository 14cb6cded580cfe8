/* What a piece of work costs this process. Ends the program when that cannot be said. */
#pragma once

double cost_cpu(void); /* seconds of CPU time so far */

long cost_peak(void);        /* kilobytes of memory, the most so far ... */
void cost_forget_peak(void); /* ... counted anew from here */
