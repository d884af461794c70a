#!/bin/bash
#SBATCH --job-name=datadam-collect
#SBATCH --open-mode=append
#SBATCH --output=plan/logs/collect.log
exec npx datadam collect plan
