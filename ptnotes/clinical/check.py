def faults_in(reference): return []
