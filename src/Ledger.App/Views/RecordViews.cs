using System.Text;
using Ledger.App.Views.Articles;
using Ledger.App.Views.Companies;
using Ledger.App.Views.Deals;
using Ledger.App.Views.Investors;
using Ledger.App.Views.Parties;
using Ledger.App.Views.Rates;
using Ledger.App.Views.Rollups;
using Ledger.EventStore;

namespace Ledger.App.Views;

/// <summary>The views of the record, and what their definitions are known by.</summary>
internal static class RecordViews
{
    public static IReadOnlyList<View> All { get; } = [ArticleView.Definition, CompanyView.Definition, DealView.Definition, InvestorView.Definition, PartyView.Definition, RateView.Definition, RollupView.Definition];

    /// <summary>The source texts that a view's rows depend on: its own file, and everything that states are folded by.</summary>
    public static string SourceOf(string viewFile)
    {
        var assembly = typeof(RecordViews).Assembly;
        var names = assembly.GetManifestResourceNames().Where(name => name == $"definition/views/{viewFile}" || name.StartsWith("definition/domain/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
        var text = new StringBuilder();
        foreach (var name in names)
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            text.Append(reader.ReadToEnd());
        }
        return text.ToString();
    }
}
