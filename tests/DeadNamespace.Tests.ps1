# Namespaces that end: their NICs' addresses are free when they are needed, those of namespaces that live never.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
    ip -n wire address add 10.1.0.1/24 dev eth0

    Add-Type -TypeDefinition @'
        using System;
        using System.Runtime.InteropServices;
        using System.Threading;

        namespace MacIpvlanTests
        {
            public static class Stray
            {
                [DllImport("libc")] private static extern int open(string path, int flags);
                [DllImport("libc")] private static extern int setns(int descriptor, int kind);
                [DllImport("libc")] private static extern int close(int descriptor);

                // Starts a thread from another one that is in the namespace and ends, as the runtime does.
                public static void Start(string path, string name, int milliseconds)
                {
                    using var started = new ManualResetEvent(false);
                    var first = new Thread(() =>
                    {
                        int descriptor = open(path, 0x80000);
                        if (setns(descriptor, 0x40000000) < 0) throw new InvalidOperationException("setns fails");
                        close(descriptor);
                        new Thread(() => { started.Set(); Thread.Sleep(milliseconds); }) { Name = name, IsBackground = true }.Start();
                        started.WaitOne();
                    });
                    first.Start();
                    first.Join();
                }
            }
        }
'@

    function Remove-Name([string]$Name) {
        # As when a container ends: nothing of this module is told.
        ip netns delete $Name
    }

    function Get-Lease { Get-ContainerNic | ForEach-Object { "$_ $($_.IPAddress)" } }
}

AfterAll { Clear-TestHost }

Describe 'Addresses of namespaces' -Tag Native, Once {
    BeforeEach {
        $null = New-NetworkNamespace web1, web2, web3
        # Three addresses: .2, .3, .4
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24 -IPRange 10.1.0.2-10.1.0.4
    }

    AfterEach {
        Remove-MacvlanNetwork * -Force
        Remove-NetworkNamespace web* -Force
    }

    It 'that have ended are given again when no other is left' {
        $null = Connect-ContainerNic lan web1, web2
        Remove-Name web1
        "$((Connect-ContainerNic lan web3).IPAddress)" | Should -Be 10.1.0.4/24 -Because 'there is one that nobody had'
        Get-Lease | Should -HaveCount 3
        "$((Connect-ContainerNic lan web3).IPAddress)" | Should -Be 10.1.0.2/24
        Get-IpAddress web3 eth1 | Should -Be 10.1.0.2/24
        Get-PingReply web3 10.1.0.1, 10.1.0.3 | Should -HaveCount 2
        (Get-Failure { Connect-ContainerNic lan web2 }).What | Should -BeLike 'AddressesExhausted *'
        Get-Lease | Should -Be 'web2/eth0 10.1.0.3/24', 'web3/eth0 10.1.0.4/24', 'web3/eth1 10.1.0.2/24'
    }

    It 'that have ended are given to who asks for them, and only those' {
        $null = Connect-ContainerNic lan web1, web2
        Remove-Name web1
        Remove-Name web2
        "$((Connect-ContainerNic lan web3 -IPAddress 10.1.0.3).IPAddress)" | Should -Be 10.1.0.3/24
        Get-Lease | Should -Be 'web1/eth0 10.1.0.2/24', 'web3/eth0 10.1.0.3/24'
        Test-Ping web3 10.1.0.1 | Should -BeTrue
    }

    It 'that have ended are freed by Restore-ContainerNetwork' {
        $null = Connect-ContainerNic lan web1, web2
        Remove-Name web1
        Restore-ContainerNetwork | ForEach-Object { "$($_.Kind) $($_.Name) $($_.Result) $($_.Reason)".Trim() } |
            Should -Be 'Network lan InPlace', 'Nic web1/eth0 Released Its namespace has ended.', 'Nic web2/eth0 InPlace'
        Get-Lease | Should -Be 'web2/eth0 10.1.0.3/24'
    }

    It 'of an earlier run of the kernel are given away last, and by request' {
        $null = Connect-ContainerNic lan web1, web2
        Restart-TestHost web3
        ip -n wire address add 10.1.0.1/24 dev eth0
        $null = Connect-ContainerNic lan web3
        $null = New-NetworkNamespace web4
        "$((Connect-ContainerNic lan web4 -IPAddress 10.1.0.3).IPAddress)" | Should -Be 10.1.0.3/24
        Get-Lease | Should -Be 'web1/eth0 10.1.0.2/24', 'web3/eth0 10.1.0.4/24', 'web4/eth0 10.1.0.3/24'
        Remove-Name web4
        "$((Connect-ContainerNic lan web3).IPAddress)" | Should -Be 10.1.0.3/24 -Because 'that namespace cannot come back'
        "$((Connect-ContainerNic lan web3).IPAddress)" | Should -Be 10.1.0.2/24
    }

    It 'of an earlier run of the kernel that are made again are kept for their NICs' {
        $null = Connect-ContainerNic lan web1, web2
        Restart-TestHost web1, web3
        1..2 | ForEach-Object { "$((Connect-ContainerNic lan web3).IPAddress)" } | Should -Be 10.1.0.4/24, 10.1.0.3/24
        (Get-Failure { Connect-ContainerNic lan web3 }).What | Should -BeLike 'AddressesExhausted *'
        (Restore-ContainerNetwork | Where-Object Kind -EQ Nic).Result | Should -Be Restored, InPlace, InPlace
        Get-IpAddress web1 eth0 | Should -Be 10.1.0.2/24
    }

    It 'that lost their name and live on <By> are never given again' -ForEach @(
        @{ By = 'by a process'; Hold = { Start-Sleeper 'ip netns exec web1' } }
        @{ By = 'by a process with namespaces of its own for all else'; Hold = { Start-Sleeper 'nsenter --net=/run/netns/web1 unshare --mount --ipc --uts' } }
        @{ By = 'by an open descriptor of another process'; Hold = { Start-Sleeper 'sh -c "exec 3</run/netns/web1; exec \"$@\"" sh' } }
        @{ By = 'by a mount elsewhere'; Hold = { $null = New-Item $TestDrive/held -Force; mount --bind /run/netns/web1 $TestDrive/held } }
        @{ By = 'by a mount in another mount namespace'; Hold = {
                $null = New-Item $TestDrive/held -Force
                Start-Sleeper "unshare --mount sh -c `"mount --bind /run/netns/web1 $TestDrive/held; exec `\`"`$@`\`"`" sh" } }
        @{ By = 'by a mount whose path has white space'; Hold = {
                $null = New-Item "$TestDrive/a b" -ItemType Directory -Force
                Set-Content "$TestDrive/a b/c" ''
                Start-Sleeper "unshare --mount sh -c `"mount --bind /run/netns/web1 '$TestDrive/a b/c'; exec `\`"`$@`\`"`" sh" } }
        @{ By = 'by a mount, while it is hidden elsewhere'; Hold = {
                $null = New-Item $TestDrive/held, $TestDrive/shown -Force
                Start-Sleeper "unshare --mount sh -c `"mount --bind /run/netns/web1 $TestDrive/held; mount -t tmpfs none $TestDrive; exec `\`"`$@`\`"`" sh"
                Start-Sleeper "unshare --mount sh -c `"mount --bind /run/netns/web1 $TestDrive/shown; exec `\`"`$@`\`"`" sh" } }
    ) {
        $null = Connect-ContainerNic lan web1
        $holders = @(. $Hold)
        Remove-Name web1
        $null = Connect-ContainerNic lan web2, web3
        (Get-Failure { Connect-ContainerNic lan web3 }).What | Should -BeLike 'AddressesExhausted *'
        (Get-Failure { Connect-ContainerNic lan web3 -IPAddress 10.1.0.2 }).What | Should -BeLike 'AddressInUse *'
        (Restore-ContainerNetwork).Result | Should -Be (@('InPlace') * 4)
        Test-ContainerNetwork | Should -BeNullOrEmpty
        Test-Ping web2 10.1.0.2 | Should -BeTrue -Because 'it is alive'
        $holders | ForEach-Object { Stop-Sleeper $_ }
        if (-not $holders) { umount $TestDrive/held }
        "$((Connect-ContainerNic lan web3 -IPAddress 10.1.0.2).IPAddress)" | Should -Be 10.1.0.2/24
    }
}

Describe 'A name that means another namespace by now' -Tag Native, Once {
    BeforeEach {
        $null = New-NetworkNamespace web1, web2
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24
        $null = Connect-ContainerNic lan web1, web2
        $before = Get-NicText web1
        Remove-Name web1
        ip netns add web1
    }

    AfterEach {
        Remove-MacvlanNetwork * -Force
        Remove-NetworkNamespace web* -Force
    }

    It 'does not live on in a thread that the runtime of a command has started there: <Name>' -ForEach @(
        @{ Name = '.NET Tiered Com'; Result = 'Restored' }
        # Who keeps a thread in it wants the namespace.
        @{ Name = 'worker'; Result = 'InPlace' }
    ) {
        Remove-NetworkNamespace web1
        $null = New-NetworkNamespace web1
        (Restore-ContainerNetwork | Where-Object Name -EQ web1/eth0).Result | Should -Be Restored
        [MacIpvlanTests.Stray]::Start('/run/netns/web1', $Name, 1500)
        Remove-Name web1
        ip netns add web1
        (Restore-ContainerNetwork | Where-Object Name -EQ web1/eth0).Result | Should -Be $Result
        if ($Result -eq 'Restored') { Get-NicText web1 | Should -Be $before }
        Start-Sleep 2
    }

    It 'has no NIC until it is restored' {
        (Test-ContainerNetwork).Kind | Should -Be LeaseWithoutNic
        Restore-ContainerNetwork | ForEach-Object { "$($_.Kind) $($_.Name) $($_.Result)" } |
            Should -Be 'Network lan InPlace', 'Nic web1/eth0 Restored', 'Nic web2/eth0 InPlace'
        Get-NicText web1 | Should -Be $before
        Test-Ping web1 10.1.0.3 | Should -BeTrue
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'keeps a link of its own when the old one''s NIC is disconnected' {
        # As like the old one as can be, in a namespace that may have the number of the old one.
        ip link add link eth0 name mv0 netns web1 type macvlan mode bridge
        ip -n web1 link set mv0 name eth0
        Set-StateRow "UPDATE nics SET namespace_inode = $((stat -Lc %i /run/netns/web1)), interface_index = $((Get-IpLink eth0 -Namespace web1).ifindex) WHERE namespace_name = 'web1'"
        Set-StateRow "UPDATE nics SET mac_address = '$((Get-IpLink eth0 -Namespace web1).address.ToUpper() -replace ':')' WHERE namespace_name = 'web1'"
        Disconnect-ContainerNic -Namespace web1
        (Get-IpLink -Namespace web1).ifname | Should -Be lo, eth0
        Get-Lease | Should -Be 'web2/eth0 10.1.0.3/24'
    }

    It 'is not the old one though it has its number' {
        Set-StateRow "UPDATE nics SET namespace_inode = $((stat -Lc %i /run/netns/web1)) WHERE namespace_name = 'web1'"
        (Test-ContainerNetwork).Kind | Should -Be LeaseWithoutNic
        $null = New-NetworkNamespace web3
        $null = Connect-ContainerNic lan web3 -IPAddress 10.1.0.2
        Get-Lease | Should -Be 'web2/eth0 10.1.0.3/24', 'web3/eth0 10.1.0.2/24'
    }
}

Describe 'A process id that means another process by now' -Tag Native, Once {
    BeforeEach { $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24 }

    AfterEach { Remove-MacvlanNetwork * -Force }

    It 'gets no NIC of the first one''s, which is released' {
        $first = Start-Sleeper 'unshare -n'
        $second = Start-Sleeper 'unshare -n'
        $null = Connect-ContainerNic lan -ProcessId $first.Id
        Stop-Sleeper $first
        # Both may have started in one tick of the clock.
        Set-StateRow "UPDATE nics SET process_start = process_start - 1, process_id = $($second.Id), namespace_path = '/proc/$($second.Id)/ns/net'"
        (Test-ContainerNetwork).Kind | Should -Be LeaseWithoutNic
        (Restore-ContainerNetwork).Result | Should -Be InPlace, Released
        nsenter -t $second.Id -n ip -o link | Should -HaveCount 1
        Stop-Sleeper $second
    }

    It 'keeps its NIC while it lives, and gets it back' {
        $first = Start-Sleeper 'unshare -n'
        $null = Connect-ContainerNic lan -ProcessId $first.Id
        Restore-ContainerNetwork | ForEach-Object Result | Should -Be InPlace, InPlace
        nsenter -t $first.Id -n ip link delete eth0
        Restore-ContainerNetwork | ForEach-Object Result | Should -Be InPlace, Restored
        (nsenter -t $first.Id -n ip -o -4 address show dev eth0) -like '*10.1.0.2/24*' | Should -HaveCount 1
        Stop-Sleeper $first
    }
}
