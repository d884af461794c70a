#!/bin/bash
#SBATCH --job-name=datadam
#SBATCH --requeue
#SBATCH --signal=B:USR1@60
#SBATCH --open-mode=append
npx datadam worker "$1" --index "$SLURM_ARRAY_TASK_ID" --progress plain &
worker=$!
trap 'kill -USR1 "$worker" 2>/dev/null' USR1 TERM
# A signal ends the waiting, not the worker.
while :; do
  wait "$worker"
  code=$?
  [ "$code" -gt 128 ] || break
  if ! kill -0 "$worker" 2>/dev/null; then
    wait "$worker" 2>/dev/null
    last=$?
    [ "$last" = 127 ] || code=$last
    break
  fi
done
# 75: to be started again. Where it was cancelled it stays so.
if [ "$code" = 75 ] && [ "$(squeue --noheader --format=%T --jobs="$SLURM_JOB_ID")" = RUNNING ]; then
  scontrol requeue "$SLURM_JOB_ID"
fi
exit "$code"
