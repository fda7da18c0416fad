-- Which card each record speaks of.
select project_id, instance_id, '' as row_path, 'membership' as form_id, card_code
from membership_answers
where card_code is not null and consent_membership = 'yes'
union all
select project_id, instance_id, '', 'referral', card_code
from referral_answers
where card_code is not null and record_type = 'new'
union all
select project_id, instance_id, '', 'labour_case', card_code
from labour_case_answers
where card_code is not null and record_type = 'new'
union all
select project_id, instance_id, '', 'rights_request', card_code
from rights_request_answers
where card_code is not null
union all
select project_id, instance_id, row_path, 'training_attendance', card_code
from participant_answers
where card_code is not null
