using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Shows what went through NICs, or goes through them now.</summary>
[Cmdlet(VerbsCommon.Get, "ContainerNicStatistics", DefaultParameterSetName = ByNetwork)]
[OutputType(typeof(ContainerNicStatistics), typeof(string), typeof(FileInfo))]
public sealed class GetContainerNicStatisticsCommand : NicSelectionCommand
{
    // The collector has a user of its own.
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly List<NicSelection> _selections = [];

    /// <summary>Measures rates for this time.</summary>
    [Parameter]
    [SecondsTransformation]
    [ArgumentCompleter(typeof(NoCompleter))]
    public TimeSpan? Interval { get; set; }

    /// <summary>Measures rates until Ctrl+C.</summary>
    [Parameter]
    public SwitchParameter Continuous { get; set; }

    /// <summary>The format.</summary>
    [Parameter]
    public StatisticsFormat As { get; set; }

    /// <summary>The file to write, in the format of Prometheus.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    private protected override bool EntersNamespaces => true;

    private protected override bool EndsByItself => !Continuous;

    private bool IsForPrometheus => As == StatisticsFormat.Prometheus || Path is not null;

    private protected override void Process(NicSelection selection) => _selections.Add(selection);

    // All NICs are read at once, however many networks, targets or processes come down the pipeline.
    private protected override void Finish()
    {
        CheckParameters();
        if (_selections.Count == 0) return;
        NicStatistics statistics = new(Session);
        if (IsForPrometheus) WriteText(PrometheusText.Write(Wanted(statistics.Read(SelectNics()))));
        else if (Continuous) foreach (IReadOnlyList<ContainerNicStatistics> read in Measure(statistics)) WriteAll(read);
        else WriteAll(Interval is null ? statistics.Read(SelectNics()) : Measure(statistics).First());
    }

    private IEnumerable<IReadOnlyList<ContainerNicStatistics>> Measure(NicStatistics statistics) =>
        statistics.Measure(SelectNics, Interval ?? TimeSpan.FromSeconds(1));

    private IReadOnlyList<ContainerNic> SelectNics() => FindSelected(_selections, GetNics(_selections));

    // Names of interfaces are compared with what is there.
    private IReadOnlyList<ContainerNicStatistics> Wanted(IReadOnlyList<ContainerNicStatistics> read) =>
        [.. Matching(read, InterfaceName, static n => n.InterfaceName)];

    private void WriteAll(IReadOnlyList<ContainerNicStatistics> read)
    {
        foreach (ContainerNicStatistics nic in Wanted(read)) Write(nic);
    }

    private void WriteText(string text)
    {
        if (Path is null) Write(text);
        else Write(OutputFile.Write(FileLocation.Of(SessionState, Path), text, replaces: true, Readable));
    }

    private void CheckParameters()
    {
        if (IsForPrometheus && (Continuous || Interval is not null))
        {
            throw new NetworkException(
                NetworkError.InvalidParameter, "The text for Prometheus has counters, of which Prometheus itself computes rates.",
                "Omit -Interval and -Continuous, or -As and -Path.");
        }

        if (Path is not null && As == StatisticsFormat.Objects && MyInvocation.BoundParameters.ContainsKey(nameof(As)))
        {
            throw new NetworkException(
                NetworkError.InvalidParameter, "Objects can't be written to a file by -Path.", "Omit -As, or pipe the objects to Export-Csv.");
        }
    }
}
