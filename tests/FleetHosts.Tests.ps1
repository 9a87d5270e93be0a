# Many processes on several hosts use one segment while connections are cut in the middle, and servers are killed, restarted and
# promoted: no address twice, none lost, none outside, and in the end the database has what the kernels have. FleetSoak.ps1 does it
# for longer.
# Starts first, because it takes long.

BeforeDiscovery {
    . $PSScriptRoot/fleet/Servers.ps1
    $one = @{ Problem = Get-PostgresProblem }
}

BeforeAll {
    . $PSScriptRoot/Support.ps1
    . $PSScriptRoot/fleet/Servers.ps1
    . $PSScriptRoot/fleet/Hosts.ps1
    . $PSScriptRoot/fleet/Fleet.ps1
    Initialize-TestHost
}

AfterAll {
    Stop-PostgresServer
    Clear-TestHost
}

Describe 'Hosts at work on one segment' -Tag Native, Once -ForEach $one {
    It 'never use an address twice, and lose none, whatever fails' {
        if ($Problem) { Set-ItResult -Skipped -Because $Problem; return }
        $fleet = Start-Fleet -Hosts 3
        Invoke-FleetCrowd $fleet -Processes 1 -Nics 8 -Seconds 6 -Pause 1 | Should -BeNullOrEmpty
        Compare-Fleet $fleet | Should -BeNullOrEmpty
    }
}
