#!/bin/sh
# The clip that `motcua probe` measures with: 2 s of 1080p30 H.264, moving everywhere, with grain, as films are.
set -eu
cd "$(dirname "$0")/../probe"
ffmpeg -v error -y -f lavfi -i "mandelbrot=s=1920x1080:r=30:end_pts=400" -f lavfi -i "testsrc2=s=480x270:r=30" \
  -filter_complex "[0][1]overlay=x=60+8*n:y=60,noise=alls=4:allf=t,format=yuv420p" -t 2 \
  -c:v libx264 -preset medium -profile:v high -b:v 1400k -maxrate 2M -bufsize 2M -g 60 -threads 1 -bitexact \
  -colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv -an -movflags +faststart 1080p30.mp4
