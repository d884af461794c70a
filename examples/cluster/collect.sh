#!/bin/bash
#SBATCH --job-name=datadam-collect
exec npx datadam collect "$1"
