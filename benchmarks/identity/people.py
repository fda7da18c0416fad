"""Names, habits and errors of the generated register: authored, not a census, and no real person.

Knows nothing of the matching code, as that knows nothing of these tables.
"""

LAST = {
    "mande": "Traoré/Traore/Tarawele/Trawally Coulibaly/Koulibali/Kulibaly Keïta/Keita/Kayta "
    "Diarra/Jara/Diara "
    "Koné/Kone/Konneh Konaté/Konate/Konateh Camara/Kamara Touré/Toure/Touray Cissé/Sissé/Ceesay "
    "Sissoko/Cissoko/Suso "
    "Doumbia/Dumbia/Doumbouya Fofana/Fofanah Dembélé/Dembele Diabaté/Jabate/Jobarteh "
    "Kouyaté/Kuyate Kanté/Kante "
    "Samaké/Samake Sidibé/Sidibe Sangaré/Sangare Diakité/Jakite/Diakite Bagayoko/Bagayogo "
    "Sanogo/Sanoko Ballo Berthé/Berte "
    "Togola Mariko Dabo/Darboe Danfaga Kamissoko/Kamisoko Macalou/Makalou Condé/Conde/Konde "
    "Kourouma/Kuruma Bérété Kaba "
    "Fané Dao Diawara/Jawara Tangara Théra Malé Goïta Niaré Tounkara/Tunkara Mangané Diané "
    "Souaré Nabé Bayo Magassouba",
    "soninke": "Sacko/Sakho Diaby/Jabbie Gassama Bathily/Bacily Soumaré/Sumare Drammeh/Dramé/Darame "
    "Diagana Tandia Niakaté/Nyakate "
    "Kébé/Kebbeh Timéra/Timera Wagué/Ouagué Yattabaré/Yatabare Diakhité Fadiga Magassa Cissokho "
    "Konté Sylla/Sillah Koïta "
    "Tandjigora Diarisso Soukouna Simaga Niangané Traoré/Tarawele Kanouté/Kanute "
    "Doucouré/Dukure Marega Sakiliba Dansokho",
    "peul": "Diallo/Jallow/Dialo/Jalloh Bah/Ba Barry/Bari Sow/Soe Baldé/Balde Sall/Saal Kane/Kan Ly Sy "
    "Dia/Ja Tall/Tal Wane "
    "Thiam/Cham Bocoum Dicko/Diko Cissé/Sissé Tamboura Sidibé/Sidibe Diakité/Jakite "
    "Sangaré/Sangare Deme Lam Lo Sarré Boly",
    "wolof": "Ndiaye/N'Diaye/Njie Diop/Jobe Fall/Faal Gueye/Guèye/Gaye Seck/Sek Faye/Fye Diouf/Joof "
    "Sarr/Saar Thiam/Cham Niang/Nyang "
    "Mbaye/M'Baye/Mbye Dieng/Jeng Sène/Sene Ndour/Ndure Diagne/Jagne Ngom/N'Gom Kane Samb/Samba "
    "Lô/Lo Mbodj Ciss Gning Dione Thioune Badji Sané/Sanneh Diatta/Jatta Goudiaby Mendy",
    "moose": "Ouédraogo/Wedraogo/Ouedraogo Sawadogo/Savadogo Compaoré/Kompaore Kaboré/Kabore Zongo "
    "Ilboudo/Yilboudo Tapsoba Nikiéma/Nikyema "
    "Zoungrana/Zungrana Sankara Nana Belem/Belem Kafando Tiendrébéogo Ouattara/Wattara "
    "Sanou/Sanu Some/Somé Bationo Traoré Konaté Barro Kinda Nacanabo Simporé Congo Kiemtoré "
    "Yaméogo/Yameogo Rouamba Bado Hien Dabiré Kambou Pooda",
    "coast": "Koffi/Kofi Kouassi/Kwasi Kouadio/Kouadjo Konan/Conan Yao/Yaw Kouamé/Kwame Mensah/Mensa "
    "Owusu Boateng Asante Adjei Agbeko "
    "Hounsou Dossou Ahouansou Adjovi Lawson Amegan Koudjo Agossou Ouattara/Wattara Bamba "
    "Diomandé Soro Silué Coulibaly Okafor Adeyemi Eze Kargbo Koroma Conteh Sesay/Cissé "
    "Bangoura/Bangura Soumah Sylla/Sillah Yansané Haba Loua",
}
MALE = {
    "muslim": "Mamadou/Mahamadou/Mamoudou/Mohamed Moussa/Musa Amadou/Ahmadou/Amadu "
    "Ibrahima/Ibrahim/Brahima Abdoulaye/Abdulai/Ablaye Oumar/Omar/Umar "
    "Ousmane/Usman Boubacar/Aboubacar/Bubakar Seydou/Saidou/Seidu Souleymane/Suleiman Issa/Isa "
    "Adama Modibo Bakary/Bakari Cheick/Cheikh/Sekou "
    "Daouda/Dauda Drissa/Idrissa Yacouba/Yakuba Youssouf/Yusuf Lassana/Lansana "
    "Alassane/Alhassane Fousseyni/Fousseni Aliou/Aliyu Ali/Aly Salif/Salifou Siaka/Chaka "
    "Hamidou/Hamidu "
    "Demba Samba Sidi Sidiki Fodé/Fode Lamine/Lamin Karim Kalifa/Kalifah Tidiane/Tijan "
    "Bourama/Burama Zoumana Yaya/Yahya Makan Mady Harouna/Haruna Hamza Moctar/Mokhtar "
    "Soumaïla/Sumaila Bassirou Malick/Malik Almamy "
    "Abdramane/Dramane/Abdourahmane Djibril/Jibril Nouhoum Sory Famakan Famoussa Gaoussou Kaou "
    "Tiémoko/Cemoko Bréhima/Birama Sambou Baba Kassim Madani Arouna Broulaye Tahirou Bamory "
    "Kaba Mory Lancine Nama Oumarou",
    "other": "Jean Pierre Paul Joseph Emmanuel/Emanuel Kofi/Koffi Kwame/Kouamé Kwasi/Kouassi Yaw/Yao "
    "Michel Augustin Samuel/Samual Daniel Issouf/Youssouf Rasmané Boureima Salam Moussa Adama "
    "Ibrahim/Ibrahima Inoussa Lassané Tasséré Kodjo/Kojo Ali Idrissa Hamidou Mathieu Prosper "
    "Serge Désiré",
}
FEMALE = {
    "muslim": "Fatoumata/Fatou/Fatumata/Fatimata Aminata/Aminatou/Ami Mariam/Mariama/Mariame "
    "Aïssata/Aissatou/Isatou Kadiatou/Kadidiatou/Khadija Oumou/Umu Awa/Hawa Salimata/Sali "
    "Rokia/Rokiatou Ramata/Ramatou Safiatou/Safi Djénéba/Jeneba/Dieneba Nana Bintou/Binta Sira "
    "Coumba/Kumba Assétou/Asetu/Assitan Maïmouna/Maimuna Korotoumou/Korotoum Habibatou/Habi "
    "Nafissatou/Nafi "
    "Ténin/Tenin Fanta Sitan Djélika Kankou Hawa Niélé Astou Penda Adama Sanata Alimata "
    "Balkissa Oumy Goundo Assa Dialla Founé Nassira Tata Mamou Haby Sadio Yama Batoma "
    "Aïcha/Aicha Rougui Halima Hadja Diaminatou Kany",
    "other": "Marie Grace Adjoa Akua Ama Blessing Akissi/Akosua Rasmata Alimata Salamata Awa Mariam "
    "Fatimata Clarisse Félicité Rosalie Sylvie Mercy Comfort Aya Affoué Brigitte Esther "
    "Florence Honorine Zénabou Habibou",
}
NATIONS = {
    "GN": (0.27, {"peul": 0.4, "mande": 0.5, "coast": 0.1}),
    "BF": (0.17, {"moose": 0.85, "peul": 0.15}),
    "ML": (0.2, {"mande": 0.5, "soninke": 0.25, "peul": 0.25}),
    "SN": (0.12, {"wolof": 0.55, "peul": 0.25, "mande": 0.1, "soninke": 0.1}),
    "CI": (0.07, {"coast": 0.6, "mande": 0.4}), "MR": (0.03, {"soninke": 0.5, "peul": 0.5}),
    "GH": (0.04, {"coast": 1.0}), "TG": (0.025, {"coast": 1.0}), "BJ": (0.025, {"coast": 1.0}),
    "NG": (0.02, {"coast": 1.0}),
    "GM": (0.02, {"wolof": 0.4, "mande": 0.6}),
    "NE": (0.01, {"peul": 0.6, "coast": 0.4}),
}  # fmt: skip
TONGUES = {
    "mande": {"bm": 0.6, "mwk": 0.25, "fr": 0.15}, "soninke": {"snk": 0.7, "bm": 0.2, "fr": 0.1},
    "peul": {"ff": 0.65, "bm": 0.25, "fr": 0.1}, "wolof": {"wo": 0.7, "fr": 0.3},
    "moose": {"mos": 0.7, "dyu": 0.2, "fr": 0.1},
    "coast": {"fr": 0.5, "dyu": 0.2, "en": 0.2, "tw": 0.1},
}  # fmt: skip
TRADES = {
    "8111": (0.34, "asgm"),
    "9311": (0.12, "asgm"),
    "8112": (0.08, "asgm"),
    "5212": (0.06, "catering"),
    "5221": (0.05, "trade"),
    "5211": (0.05, "trade"),
    "9520": (0.04, "trade"),
    "8321": (0.04, "transport"),
    "8332": (0.03, "contractor"),
    "8342": (0.03, "industrial"),
    "7231": (0.03, "craft"),
    "7112": (0.03, "construction"),
    "7531": (0.02, "craft"),
    "5120": (0.02, "catering"),
    "9111": (0.02, "domestic"),
    "3324": (0.02, "gold_trade"),
    "5414": (0.02, "industrial"),
}  # fmt: skip
SCHOOL = {
    "none": 0.38,
    "koranic": 0.22,
    "basic1": 0.2,
    "basic2": 0.12,
    "secondary": 0.06,
    "higher": 0.02,
}

SITES = [(f"c{n % 9}", f"s{n}") for n in range(60)]
"""Cercle and site; the first are the larger."""
FOCAL_POINTS = 75

PARAMS = {
    "family": 0.22, "gang": 0.12, "twin": 0.01, "homonym": 0.02, "second_name": 0.22, "phone": 0.72,
    "year_kept": 0.62, "year_heaped": 0.3, "card_kept": 0.2, "phone_kept": 0.55, "moved": 0.3,
    "other_trade": 0.25, "other_sector": 0.12, "other_school": 0.15, "arrival_kept": 0.6,
    "other_tongue": 0.15, "typo": 0.05, "swap": 0.03, "one_field": 0.012, "other_sex": 0.003,
    "other_nation": 0.015, "drop_second": 0.4, "title": 0.03, "same_day": 0.06, "seen_true": 0.6,
    "seen_false": 0.04,
}  # fmt: skip
