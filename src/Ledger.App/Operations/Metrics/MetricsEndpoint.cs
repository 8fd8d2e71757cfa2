using System.Globalization;
using System.Text;
using Ledger.App.Alerts.Deliveries;

namespace Ledger.App.Operations.Metrics;

/// <summary><c>/metrics</c>: figures in the text format of Prometheus, as they are when they are asked for. Whoever reads the record reads them.</summary>
internal static class MetricsEndpoint
{
    public static void MapMetrics(this IEndpointRouteBuilder routes) => routes.MapGet("/metrics", async (AlertMetrics alerts, CancellationToken cancel) =>
        Results.Text(Text(await alerts.Read(cancel)), "text/plain; version=0.0.4")).ExcludeFromDescription();

    private static string Text(IEnumerable<Metric> metrics)
    {
        var text = new StringBuilder();
        foreach (var metric in metrics)
        {
            text.Append(CultureInfo.InvariantCulture, $"# HELP {metric.Name} {metric.Help}\n# TYPE {metric.Name} {(metric.IsCounter ? "counter" : "gauge")}\n");
            foreach (var (labels, value) in metric.Values)
                text.Append(CultureInfo.InvariantCulture, $"{metric.Name}{(labels.Length == 0 ? "" : $"{{{labels}}}")} {value}\n");
        }
        return text.ToString();
    }
}

/// <param name="Name">With its unit at the end.</param>
/// <param name="IsCounter">It only grows.</param>
/// <param name="Values">By labels, as <c>state="sent"</c>; none where it is unknown.</param>
internal sealed record Metric(string Name, string Help, bool IsCounter, params IReadOnlyList<(string Labels, double Value)> Values);
