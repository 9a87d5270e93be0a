# Where files and threads are short, NICs fail with errors, and the process goes on: it is the user's shell.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
}

AfterAll { Clear-TestHost }

Describe 'A shortage of files' -Tag Native, Once {
    BeforeAll {
        $names = 1..60 | ForEach-Object { "short$_" }
        $null = $names | New-NetworkNamespace
        $null = New-MacvlanNetwork front eth0 -Subnet 10.60.0.0/16
    }

    AfterAll {
        Remove-MacvlanNetwork front -Force
        $names | Remove-NetworkNamespace
    }

    It 'fails NICs, not the process: <_> files' -ForEach 185, 195, 205, 215, 225, 235, 250 {
        # Whatever is needed for the first time is loaded before.
        $lines = Invoke-Shell "`$null = Get-ContainerNetwork; prlimit --pid `$PID --nofile=$_
            try { 1..60 | ForEach-Object { `"short`$_`" } | Connect-ContainerNic front -ErrorAction SilentlyContinue *>`$null }
            catch { `"`$_`" }
            'goes on'
            exit 0"
        $LASTEXITCODE | Should -Be 0 -Because "$lines"
        $lines | Select-Object -Last 1 | Should -Be 'goes on'
        $null = Restore-ContainerNetwork
        Test-ContainerNetwork | Should -BeNullOrEmpty
        Get-ContainerNic | Disconnect-ContainerNic
        Get-StateRow | Where-Object { $_ -match '^(nics|leases|runs) ' } | Should -BeNullOrEmpty
    }
}
