using System.Globalization;

namespace MacIpvlan;

/// <summary>
/// An option of DHCP as users specify it: its code, or its name in dhcp-options(5) of ISC DHCP or in dnsmasq --help dhcp.
/// </summary>
/// <param name="Code">The code, 1 to 254.</param>
public sealed record DhcpOptionName(byte Code)
{
    // One line for each code: the code, the name of ISC DHCP, and the name of dnsmasq if that's another one.
    private const string Names = """
        1 subnet-mask netmask
        2 time-offset
        3 routers router
        4 time-servers
        6 domain-name-servers dns-server
        7 log-servers log-server
        9 lpr-servers lpr-server
        12 host-name hostname
        13 boot-size boot-file-size
        15 domain-name
        16 swap-server
        17 root-path
        18 extensions-path extension-path
        19 ip-forwarding ip-forward-enable
        20 non-local-source-routing
        21 policy-filter
        22 max-dgram-reassembly max-datagram-reassembly
        23 default-ip-ttl default-ttl
        26 interface-mtu mtu
        27 all-subnets-local
        28 broadcast-address broadcast
        31 router-discovery
        32 router-solicitation-address router-solicitation
        33 static-routes static-route
        34 trailer-encapsulation
        35 arp-cache-timeout arp-timeout
        36 ieee802-3-encapsulation ethernet-encap
        37 default-tcp-ttl tcp-ttl
        38 tcp-keepalive-interval tcp-keepalive
        40 nis-domain
        41 nis-servers nis-server
        42 ntp-servers ntp-server
        43 vendor-encapsulated-options vendor-encap
        44 netbios-name-servers netbios-ns
        45 netbios-dd-server netbios-dd
        46 netbios-node-type netbios-nodetype
        47 netbios-scope
        48 font-servers x-windows-fs
        49 x-display-manager x-windows-dm
        58 dhcp-renewal-time T1
        59 dhcp-rebinding-time T2
        60 vendor-class-identifier vendor-class
        64 nisplus-domain nis+-domain
        65 nisplus-servers nis+-server
        66 tftp-server-name tftp-server
        67 bootfile-name
        68 mobile-ip-home-agent mobile-ip-home
        69 smtp-server
        70 pop-server pop3-server
        71 nntp-server
        72 www-server
        73 finger-server
        74 irc-server
        77 user-class
        78 slp-directory-agent
        79 slp-service-scope
        85 nds-servers
        86 nds-tree-name
        87 nds-context
        93 pxe-system-type client-arch
        94 pxe-interface-id client-interface-id
        97 pxe-client-id client-machine-id
        100 pcode posix-timezone
        101 tcode tzdb-timezone
        108 v6-only-preferred ipv6-only
        114 default-url captive-portal
        119 domain-search
        120 sip-servers sip-server
        121 rfc3442-classless-static-routes classless-static-route
        125 vivso vendor-id-encap
        138 capwap-ac-v4
        150 tftp-server-address
        209 loader-configfile
        210 loader-pathprefix
        211 loader-reboottime
        252 wpad-url wpad
        """;

    private static readonly Dictionary<string, string> s_codes = new(StringComparer.OrdinalIgnoreCase);
    private static readonly Dictionary<string, string> s_names = [];

    static DhcpOptionName()
    {
        foreach (string line in Names.Split('\n'))
        {
            string[] words = line.Split(' ');
            s_names.Add(words[0], words[1]);
            foreach (string name in words[1..]) s_codes.Add(name, words[0]);
        }
    }

    /// <summary>The names of ISC DHCP, in the order of their codes.</summary>
    public static IReadOnlyCollection<string> All => s_names.Values;

    /// <summary>Converts a code, so that parameters accept it.</summary>
    /// <exception cref="FormatException">It isn't the code of an option that can be requested.</exception>
    public static explicit operator DhcpOptionName(int code) => Parse(code.ToString(CultureInfo.InvariantCulture));

    /// <summary>Parses a code or a name, regardless of case.</summary>
    /// <exception cref="FormatException">It isn't an option that can be requested.</exception>
    public static DhcpOptionName Parse(string text)
    {
        string digits = s_codes.GetValueOrDefault(text) ?? text;
        if (byte.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out byte code))
        {
            return FindWrong(code) is string reason ? throw new FormatException($"{reason}.") : new(code);
        }

        bool isNumber = int.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);
        throw new FormatException(isNumber
            ? $"{digits} isn't the code of a DHCP option. Codes are from 1 to 254."
            : $"'{text}' isn't the name of a DHCP option. Specify its code, or its name, such as ntp-servers.");
    }

    /// <summary>Finds out why an option can't be requested.</summary>
    /// <returns>The reason, worded as a part of a sentence; null if it can be requested.</returns>
    internal static string? FindWrong(byte code) => code switch
    {
        DhcpOptionCode.Pad or DhcpOptionCode.End => $"{code} isn't the code of a DHCP option",
        >= DhcpOptionCode.RequestedAddress and <= DhcpOptionCode.ParameterRequestList or DhcpOptionCode.MaxMessageSize
            or DhcpOptionCode.ClientIdentifier => $"DHCP option {code} can't be requested, because the protocol itself uses it",
        _ => null,
    };

    /// <summary>The name of ISC DHCP; the code if it has none.</summary>
    public override string ToString()
    {
        string code = Code.ToString(CultureInfo.InvariantCulture);
        return s_names.GetValueOrDefault(code) ?? code;
    }
}
