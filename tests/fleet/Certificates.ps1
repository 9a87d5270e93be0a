# Certificates for the servers of tests/fleet/Servers.ps1 and their clients. All servers have one authority, so that a client
# trusts each of them with one file.

$script:fleetAuthority = $null

function New-Authority([string]$Name = 'MacIpvlan tests') {
    # A certificate authority with its key. Servers trust only that of Get-FleetAuthority.
    $key = [Security.Cryptography.ECDsa]::Create([Security.Cryptography.ECCurve+NamedCurves]::nistP256)
    $request = [Security.Cryptography.X509Certificates.CertificateRequest]::new("CN=$Name", $key, 'SHA256')
    $request.CertificateExtensions.Add([Security.Cryptography.X509Certificates.X509BasicConstraintsExtension]::new($true, $false, 0, $true))
    $request.CertificateExtensions.Add([Security.Cryptography.X509Certificates.X509KeyUsageExtension]::new('KeyCertSign, CrlSign', $true))
    $request.CreateSelfSigned([DateTimeOffset]::Now.AddDays(-1), [DateTimeOffset]::Now.AddDays(30))
}

function Get-FleetAuthority {
    if (-not $script:fleetAuthority) { $script:fleetAuthority = New-Authority }
    $script:fleetAuthority
}

function New-FleetCertificate {
    # Writes PREFIX.crt and PREFIX.key. Subject is the common name, and Name are the DNS names and addresses of a server. Only
    # the owner can read the key.
    param(
        [string]$Prefix, [string]$Subject, [string[]]$Name,
        [Security.Cryptography.X509Certificates.X509Certificate2]$Authority = (Get-FleetAuthority)
    )
    $key = [Security.Cryptography.ECDsa]::Create([Security.Cryptography.ECCurve+NamedCurves]::nistP256)
    $subjectName = [Security.Cryptography.X509Certificates.X500DistinguishedNameBuilder]::new()
    $subjectName.AddCommonName($Subject)
    $request = [Security.Cryptography.X509Certificates.CertificateRequest]::new($subjectName.Build(), $key, 'SHA256')
    if ($Name) {
        $names = [Security.Cryptography.X509Certificates.SubjectAlternativeNameBuilder]::new()
        foreach ($text in $Name) {
            $address = $null
            if ([ipaddress]::TryParse($text, [ref]$address)) { $names.AddIpAddress($address) } else { $names.AddDnsName($text) }
        }
        $request.CertificateExtensions.Add($names.Build())
    }
    $serial = [Security.Cryptography.RandomNumberGenerator]::GetBytes(8)
    $certificate = $request.Create($Authority, $Authority.NotBefore, $Authority.NotAfter, $serial)
    Set-Content "$Prefix.crt" $certificate.ExportCertificatePem()
    Set-PrivateContent "$Prefix.key" $key.ExportPkcs8PrivateKeyPem()
}

function New-ClientCertificate {
    # Makes a certificate for a role of CertificateRole, and returns its files: CertificateFile and KeyFile. They go with the server.
    param(
        [Parameter(Mandatory)][object]$Server, [Parameter(Mandatory)][string]$Role,
        [Security.Cryptography.X509Certificates.X509Certificate2]$Authority = (Get-FleetAuthority)
    )
    $prefix = "$($Server.Folder)/client.$(New-Guid)"
    New-FleetCertificate $prefix $Role -Authority $Authority
    [pscustomobject]@{ CertificateFile = "$prefix.crt"; KeyFile = "$prefix.key" }
}

function New-ServerCertificate([string]$Folder, [string]$Address, [string[]]$Name = @()) {
    # A server's certificate, server.crt and server.key in its folder, for its address and the names that every server has.
    New-FleetCertificate $Folder/server $Address (@('localhost', '127.0.0.1', '::1', $Address) + $Name | Select-Object -Unique)
    Set-FleetOwner $Folder/server.key
}

function Set-PrivateContent([string]$Path, [string[]]$Value) {
    # Writes a file that only its owner can read, as programs demand of keys and passwords.
    $null = New-Item $Path -Force
    chmod 600 $Path
    Set-Content $Path $Value
}
