#!/bin/bash
#SBATCH --job-name=datadam-distilling-0
#SBATCH --array=0-9
#SBATCH --requeue
#SBATCH --signal=B:USR1@60
#SBATCH --open-mode=append
#SBATCH --output=plan/logs/distilling-0-%a.log
index=$((SLURM_ARRAY_TASK_ID + 0))
npx datadam worker plan --index "$index" --progress plain &
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
