# Examples of the help that are about address databases, run on a host as they have it in mind. Dot-source it after Support.ps1.
#
# db1 and db2, and /run/postgresql, are one real server with the database ipam; /etc/macipvlan is a folder with the files of a
# host. What an example doesn't make itself is there: the databases fleet and admin under the names of the examples, and on the
# segment vlan50 the network web with a NIC of web1, beside another host, node2, with a NIC of db1.

. $PSScriptRoot/Servers.ps1
. $PSScriptRoot/Hosts.ps1

function Start-ExampleServer {
    # The server, its roles, and the files that hosts have.
    $script:exampleServer = Start-PostgresServer -Name 127.0.0.2 -CertificateRole node3 -Setting @{ listen_addresses = '127.0.0.1,127.0.0.2' }
    $script:exampleFolder = New-HostFolder
    $null = Invoke-PostgresSql $script:exampleServer 'CREATE DATABASE ipam'
    Reset-ExampleDatabase
    $grants = @{ node1 = 'macipvlan_host'; node2 = 'macipvlan_host'; node3 = 'macipvlan_host'; admin1 = 'macipvlan_admin' }
    foreach ($role in $grants.Keys) {
        New-PostgresRole $script:exampleServer $role "secret of $role"
        $null = Invoke-PostgresSql $script:exampleServer "GRANT $($grants[$role]) TO $role"
    }
    # As the module looks for them at root's home.
    Set-PrivateContent $script:exampleFolder/.pgpass ($grants.Keys | ForEach-Object { "*:*:ipam:${_}:secret of $_" })
    $env:PGPASSFILE = "$script:exampleFolder/.pgpass"
    Set-PrivateContent $script:exampleFolder/fleet.password 'secret of node1'
    Copy-Item $script:exampleServer.CaFile $script:exampleFolder/fleet-ca.crt
    $certificate = New-ClientCertificate $script:exampleServer node3
    Set-PrivateContent $script:exampleFolder/node3.key (Get-Content $certificate.KeyFile)
    Copy-Item $certificate.CertificateFile $script:exampleFolder/node3.crt
}

function Get-ExampleConnection([string]$Role) { ConvertTo-ExampleCode "Host=db1,db2;Database=ipam;Username=$Role" }

function ConvertTo-ExampleCode([string]$Code) {
    # The code with the places of this test. On this machine, a server would need no certificate, but one is asked for here too.
    $port = $script:exampleServer.Port
    $Code -replace 'Host=db1,db2', "Host=127.0.0.1:$port,127.0.0.2:$port;SSL Mode=VerifyFull;Root Certificate=$script:exampleFolder/fleet-ca.crt" `
        -replace 'Host=db1', "Host=127.0.0.1:$port" `
        -replace 'Host=/run/postgresql', "Host=$($script:exampleServer.SocketFolder);Port=$port" `
        -replace '/etc/macipvlan', $script:exampleFolder
}

function Reset-ExampleDatabase {
    $null = Invoke-PostgresSql $script:exampleServer 'DROP SCHEMA IF EXISTS macipvlan CASCADE' -Database ipam
    Initialize-AddressDatabase -ConnectionString (ConvertTo-ExampleCode 'Host=/run/postgresql;Database=ipam;Username=postgres')
}

function Invoke-FleetExample([string]$Code) {
    # Runs an example on a new host. A database that it tests must be ready.
    Clear-TestHost
    Add-TestWire
    if ($Code -match 'Initialize-AddressDatabase') { $null = Invoke-PostgresSql $script:exampleServer 'DROP SCHEMA IF EXISTS macipvlan CASCADE' -Database ipam }
    else { Reset-ExampleDatabase }
    $makesNetworks = $Code -match 'New-\w+vlanNetwork'
    if ($Code -cnotmatch 'Register-AddressDatabase fleet|Initialize-AddressDatabase') {
        $null = Register-AddressDatabase fleet (Get-ExampleConnection node1)
        if (-not $makesNetworks) {
            $null = New-MacvlanNetwork web eth0 -Subnet 192.168.50.0/24 -AddressDatabase fleet -Segment vlan50
            $null = New-NetworkNamespace web1 | Connect-ContainerNic -Network web
            Add-OtherHost
        }
    }
    if ($Code -match 'admin' -and $Code -notmatch 'Register-AddressDatabase admin') { $null = Register-AddressDatabase admin (Get-ExampleConnection admin1) }
    $output = Invoke-Example (ConvertTo-ExampleCode $Code)
    $output | Where-Object { $_ -is [MacIpvlan.AddressDatabaseTest] } | ForEach-Object { $_.Status | Should -Be Ready -Because $_.Reason }
    if ($Code -match 'Initialize-AddressDatabase' -and $Code -notmatch 'WhatIf') {
        Invoke-PostgresSql $script:exampleServer 'SELECT count(*) FROM macipvlan.schema_versions' -Database ipam | Should -BeGreaterThan 0
    }
}

function Add-OtherHost {
    # Another host has a state of its own, and here the same name, because it's the same machine.
    $own = $env:MACIPVLAN_STATE
    $env:MACIPVLAN_STATE = "$(Split-Path $own)/node2/state.db"
    $null = Register-AddressDatabase fleet (Get-ExampleConnection node2)
    $null = New-MacvlanNetwork web eth0 -AddressDatabase fleet -Segment vlan50
    $null = New-NetworkNamespace db1 | Connect-ContainerNic -Network web
    $env:MACIPVLAN_STATE = $own
    $null = Invoke-PostgresSql $script:exampleServer "UPDATE macipvlan.hosts SET name = role" -Database ipam
}
