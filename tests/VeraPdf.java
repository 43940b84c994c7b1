import java.io.FileInputStream;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.ValidationResult;

/** Prints FILE and, for each rule broken, FAULT lines. Arguments: flavour, files. */
public class VeraPdf {
    public static void main(String[] args) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        PDFAFlavour flavour = PDFAFlavour.byFlavourId(args[0]);
        for (int i = 1; i < args.length; i++) {
            System.out.println("FILE\t" + args[i]);
            try (PDFAParser parser = Foundries.defaultInstance().createParser(new FileInputStream(args[i]), flavour);
                    PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
                ValidationResult result = validator.validate(parser);
                result.getTestAssertions().stream()
                        .map(a -> "FAULT\t" + a.getRuleId().getClause() + " " + a.getMessage()).distinct()
                        .forEach(System.out::println);
                if (!result.isCompliant() && result.getTestAssertions().isEmpty()) {
                    System.out.println("FAULT\tnot compliant");
                }
            }
        }
    }
}
