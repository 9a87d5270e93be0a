using System.Management.Automation;
using MacIpvlan.PowerShell;

namespace MacIpvlan.Tests.Output;

/// <summary>When progress is shown, and what.</summary>
public sealed class ProgressDisplayTests
{
    private readonly List<string> _shown = [];
    private readonly Clock _clock = new();
    private readonly ProgressDisplay _display;

    public ProgressDisplayTests()
    {
        _display = new ProgressDisplay(
            r => _shown.Add($"{r.RecordType} {r.Activity} {r.StatusDescription} {r.PercentComplete}"), _clock);
        _display.Start();
    }

    [Fact]
    public void ShortWork_IsNotShown()
    {
        for (int i = 0; i < 9; i++) Do(i, TimeSpan.FromMilliseconds(100));
        _display.Complete();

        Assert.Empty(_shown);
    }

    [Fact]
    public void LongWork_IsShownAfterASecondSomeTimesASecondAndTakenAway()
    {
        for (int i = 0; i < 14; i++) Do(i, TimeSpan.FromMilliseconds(100), total: 20);
        _display.Complete();

        Assert.Equal(
            [
                "Processing Testing NICs 11 of 20: web10 50", "Processing Testing NICs 13 of 20: web12 60",
                "Completed Testing NICs 14 of 20: web13 65",
            ],
            _shown);
    }

    [Fact]
    public void WorkOfUnknownLength_IsCounted()
    {
        Do(0, TimeSpan.FromSeconds(1));
        Do(1, TimeSpan.Zero);

        Assert.Equal(["Processing Testing NICs 2: web1 -1"], _shown);
    }

    [Fact]
    public void OneLongStep_IsShownWhileItIsWaitedFor()
    {
        Do(0, TimeSpan.FromSeconds(2));
        _display.Report(null);

        Assert.Equal(["Processing Testing NICs 1: web0 -1"], _shown);
    }

    [Fact]
    public void TimeOfOthers_DoesNotCount()
    {
        _display.Pause();
        _clock.Now += TimeSpan.FromHours(1);
        _display.Start();
        Do(0, TimeSpan.Zero);

        Assert.Empty(_shown);
    }

    [Fact]
    public void AnotherActivity_IsCountedAnew()
    {
        Do(0, TimeSpan.FromSeconds(1));
        _display.Report(new("Removing networks", "lan"));

        Assert.Equal(["Processing Removing networks 1: lan -1"], _shown);
    }

    [Fact]
    public void PartOfAnotherActivity_IsCountedAnewEachTimeAndTheOtherGoesOn()
    {
        foreach (string network in (string[])["lan", "wan"])
        {
            _display.Report(new("Removing networks", network, 3));
            Do(0, TimeSpan.FromSeconds(1), total: 2);
            Do(1, TimeSpan.FromSeconds(1), total: 2);
        }

        _display.Report(new("Removing networks", "area", 3));

        Assert.Equal(
            [
                "Processing Testing NICs 2 of 2: web1 50", "Processing Removing networks 2 of 3: wan 33",
                "Processing Testing NICs 2 of 2: web1 50", "Processing Removing networks 3 of 3: area 66",
            ],
            _shown);
    }

    [Fact]
    public void PartOfOneThing_IsNotShownInPlaceOfTheWhole()
    {
        _display.Report(new("Removing networks", "lan", 2));
        Do(0, TimeSpan.FromSeconds(1), total: 1);
        _display.Report(null);

        Assert.Equal(["Processing Removing networks 1 of 2: lan 0"], _shown);
    }

    [Fact]
    public void OtherThreads_ShowNothing()
    {
        _clock.Now += TimeSpan.FromSeconds(2);
        Thread other = new(() => Do(0, TimeSpan.Zero));
        other.Start();
        other.Join();

        Assert.Empty(_shown);
    }

    [Fact]
    public void PipelineThatIsStopped_DoesNotEndTheStep()
    {
        ProgressDisplay display = new(static _ => throw new PipelineStoppedException(), _clock);
        display.Start();
        _clock.Now += TimeSpan.FromSeconds(2);

        display.Report(new("Testing NICs", "web1"));
        display.Complete();
    }

    private void Do(int number, TimeSpan time, int total = 0)
    {
        _display.Report(new("Testing NICs", $"web{number}", total));
        _clock.Now += time;
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; } = TimeSpan.FromDays(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
